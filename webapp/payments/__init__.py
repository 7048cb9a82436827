"""Money: what is to be paid for a dossier, and what was paid. An axis of its own, beside the dossier's state.

Words: payment request = yêu cầu nộp tiền; payment = khoản đã nộp; receipt number = số biên lai.
Verbs: request (ask, call off), record (an officer writes down what was paid). A number of a card or of an account is
never asked for nor kept; biên lai themselves are written in the finance office's own books.
Events: none of its own; `dossiers` tells of the move that money makes.
"""
