"""Who may what with a dossier. Whose dossier it is, is asked by the query that loads it."""

from webapp.core.actor import Role
from webapp.core.permissions import CITIZEN_SIDE, COUNTER_SIDE, MANAGE_SIDE, Right

DESK = frozenset(COUNTER_SIDE)
OFFICE = frozenset({Role.CASE, Role.MANAGER})
LEADER = frozenset({Role.MANAGER})

DRAFT = Right("dossiers:draft", "Start a dossier, answer its questions, add papers.", CITIZEN_SIDE)
SUBMIT = Right("dossiers:submit", "Send a dossier to the office.", CITIZEN_SIDE)
TRACK = Right("dossiers:track", "Follow one's own dossiers and read their receipts.", CITIZEN_SIDE)
SUPPLEMENT = Right("dossiers:supplement", "Send what was asked for.", CITIZEN_SIDE)
WITHDRAW = Right("dossiers:withdraw", "Ask for a dossier back.", CITIZEN_SIDE)
READ_RESULT = Right("dossiers:read-result", "Open the file of a result.", frozenset({Role.CITIZEN}))

CHECK_DRAFT = Right("dossiers:check-draft", "Agree with the draft of a result, or say what is wrong.", CITIZEN_SIDE)

RATE = Right("dossiers:rate", "Say how content one is with a dossier that is over.", CITIZEN_SIDE)
SEE_RATINGS = Right("dossiers:see-ratings", "Read what people say of the work, without their names.", MANAGE_SIDE)

READ = Right("dossiers:read", "Open a dossier of one's own office.", DESK)
RECEIVE = Right("dossiers:receive", "Take a dossier on.", DESK)
REQUEST_SUPPLEMENT = Right("dossiers:request-supplement", "Ask for everything that is missing.", DESK)
COUNT_PAPERS = Right("dossiers:count-papers", "Write down how many of each paper came on paper.", DESK)
PROCESS = Right("dossiers:process", "Begin to work on a dossier.", DESK)
SETTLE = Right("dossiers:settle", "Settle a dossier with its result.", OFFICE)
HAND_OVER = Right("dossiers:hand-over", "Hand the result or the papers over.", DESK)
ANSWER_WITHDRAWAL = Right("dossiers:answer-withdrawal", "Accept or refuse a withdrawal.", DESK)
DECLINE = Right("dossiers:decline", "Decline a dossier before it is accepted.", DESK)
STOP = Right("dossiers:stop", "Stop an accepted dossier; in work only its manager, unanswered the desk.", DESK)
EXTEND = Right("dossiers:extend", "Apologise and name a new due date, once.", LEADER)
REQUIRE_PAYMENT = Right("dossiers:require-payment", "Say what is to be paid before the office goes on.", DESK)
RECORD_PAYMENT = Right("dossiers:record-payment", "Write down what was paid, with the receipt's number.", DESK)
SEND_DRAFT = Right("dossiers:send-draft", "Show the applicant a draft of the result.", OFFICE)

CALENDAR = Right(
    "calendar:change", "Change days off and working Saturdays, and with them due dates.", frozenset({Role.ADMIN})
)
