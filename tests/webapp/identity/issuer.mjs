// The certified OpenID provider (npm oidc-provider) in VNeID's place: invented people, its own log-in pages.
import { Provider } from '../../node_modules/oidc-provider/lib/index.js';

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;
const people = {
  '038090007788': { name: 'HOÀNG VĂN TÚ', birthdate: '1990-03-02', gender: 'Nam', level: 2 },
  '038301004455': { name: 'BÙI THỊ SEN', birthdate: '2001-11-20', gender: 'Nữ', level: 1 },
};
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'motcua-test',
    client_secret: process.env.SECRET,
    redirect_uris: [process.env.REDIRECT],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  claims: { openid: ['sub', 'acr'], profile: ['name', 'birthdate', 'gender'], cccd: ['citizen_pid'] },
  scopes: ['openid', 'profile', 'cccd'],
  acrValues: ['muc1', 'muc2'],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ['test'] },
  async findAccount(_context, id) {
    const { level, ...said } = people[id] ?? {};
    return level && { accountId: id, claims: async () => ({ sub: id, citizen_pid: id, acr: `muc${level}`, ...said }) };
  },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
