// The catalogue of refusals: a stable code and number, the HTTP status, and a hint that says what to change.
// Callers branch on `code`, never on a sentence. Numbers are never given to another meaning.

import { type CatalogueRow, row } from './error-row.ts'
import { ALERT_ERRORS } from './errors-alerts.ts'

export const ERRORS = {
  NGTB_BODY_NOT_JSON: row(
    1001,
    400,
    'The body is not JSON',
    'Send one JSON object with Content-Type application/json.',
  ),
  NGTB_BODY_INVALID: row(
    1002,
    400,
    'The body does not fit the schema',
    'Correct the named field; /openapi.json on port 9905 has the schema.',
  ),
  NGTB_QUERY_INVALID: row(1003, 400, 'The query does not fit the schema', 'Correct the named parameter.'),
  NGTB_BODY_TOO_LARGE: row(
    1004,
    413,
    'The body is too large',
    'Send less at once: the limit is 64 MiB for ticks, at most 8 MiB elsewhere.',
  ),
  NGTB_MEDIA_TYPE: row(1005, 415, 'The content type is not JSON', 'Send Content-Type: application/json.'),
  NGTB_NOT_FOUND: row(
    1006,
    404,
    'There is no such thing here',
    'Check path and port: 9900 commands, 9901 ticks, 9902 trades, 9903 logs, 9905 management.',
  ),
  NGTB_HOST: row(
    1008,
    403,
    'The Host header is not one of ours',
    'Call the server by 127.0.0.1 or localhost, or name the host in NGTB_PUBLIC_HOST.',
  ),
  NGTB_RATE: row(
    1009,
    429,
    'Too many requests',
    'Wait Retry-After seconds; the limits are NGTB_RATE_* settings.',
  ),
  NGTB_CURSOR_INVALID: row(
    1010,
    400,
    'The cursor is not one of ours',
    'Pass next_cursor as it came, or leave it out to start at the beginning.',
  ),

  NGTB_KEY_MISSING: row(
    2001,
    401,
    'A key is needed',
    'Send Authorization: Bearer KEY (or X-API-Key); make one with `ngtb key create`.',
  ),
  NGTB_KEY_INVALID: row(
    2002,
    401,
    'The key is not valid',
    'The key is unknown, expired or revoked; list keys with `ngtb key list`.',
  ),
  NGTB_SCOPE: row(
    2003,
    403,
    'The key has not the scope for this, or the person not the role',
    'Make a key with the named scope: `ngtb key create --scope …`; a person asks an admin for another role.',
  ),
  NGTB_EA_KEY_MISSING: row(
    2004,
    403,
    'An API key is needed',
    'Send the api_key that the first /api/connect returned, as X-API-Key or in the body.',
  ),
  NGTB_EA_KEY_INVALID: row(
    2005,
    403,
    'The API key is not valid for this',
    'Unknown, expired or revoked key, or one of another kind; `ngtb key list` shows the keys.',
  ),
  NGTB_ACCOUNT_MISMATCH: row(
    2006,
    403,
    'The key belongs to another account',
    'Leave `account` out, or send the login that the key was made for.',
  ),
  NGTB_ENROLMENT_CLOSED: row(
    2007,
    403,
    'This login is unknown and enrolment is closed',
    'Arm it for ten minutes: `ngtb enroll LOGIN`, then let the EA connect again.',
  ),

  NGTB_LOGIN: row(
    2008,
    401,
    'Name, password or code is not right',
    'Check all three; a code of the authenticator can be used once, so wait for the next one. `ngtb person reset NAME` makes a new link.',
  ),
  NGTB_CODE_NEEDED: row(
    2009,
    401,
    'The code of the second factor is needed',
    'Send `code`, six digits of the authenticator, or one `recovery_code`.',
  ),
  NGTB_SESSION: row(
    2010,
    401,
    'There is no session, or it ended',
    'Log in again: a session ends after 30 minutes without a request, and after 12 hours.',
  ),
  NGTB_CSRF: row(
    2011,
    403,
    'This request may not come from this session’s own page',
    'Send x-csrf-token as /api/v1/session tells it, from a page of this server.',
  ),
  NGTB_CONFIRM: row(
    2012,
    403,
    'Say again who you are for this',
    'POST /api/v1/session/confirm with password or code, and repeat the request within five minutes.',
  ),
  NGTB_ENROL_TOTP: row(
    2013,
    403,
    'Set up the second factor first',
    'POST /api/v1/session/totp, then /confirm with a code; until then this session may only read.',
  ),
  NGTB_LINK_SPENT: row(
    2014,
    410,
    'This link was used, has expired or was never one of ours',
    'Ask for a new one: `ngtb person reset NAME`; while there is no admin each start of the server prints one.',
  ),
  NGTB_PASSWORD: row(
    2015,
    422,
    'The password is too easy to guess',
    'Take 12 to 128 characters that are no pattern and do not hold the name; four words that do not belong together are good.',
  ),
  NGTB_LAST_ADMIN: row(
    2016,
    409,
    'This is the last admin',
    'Make another person admin first: the last one can be neither disabled nor demoted.',
  ),
  NGTB_LOGIN_LATER: row(
    2017,
    429,
    'Too many failed attempts',
    'Wait Retry-After seconds. Nobody is locked out for good: the wait ends, and after 15 minutes all is forgotten.',
  ),

  NGTB_ACCOUNT_UNKNOWN: row(
    3001,
    404,
    'There is no such account',
    '`ngtb account list` shows the accounts; an EA enrols by its first /api/connect.',
  ),
  NGTB_ACCOUNT_EXISTS: row(3002, 409, 'The account exists already', '`ngtb account list` shows it.'),
  NGTB_LOGIN_INVALID: row(
    3003,
    422,
    'The login is not a number from 1 to 2^63−1',
    'Send the MT5 login as digits.',
  ),
  NGTB_KEY_UNKNOWN: row(3004, 404, 'There is no such key', '`ngtb key list` shows the keys.'),

  NGTB_PERSON_UNKNOWN: row(3005, 404, 'There is no such person', '`ngtb person list` shows them.'),
  NGTB_PERSON_EXISTS: row(
    3006,
    409,
    'There is a person of this name',
    'Names are one in upper and lower case; `ngtb person reset NAME` makes a new link for one who is there.',
  ),
  NGTB_SESSION_UNKNOWN: row(
    3007,
    404,
    'There is no such session',
    'GET /api/v1/sessions lists those that are alive.',
  ),
  ...ALERT_ERRORS,

  NGTB_COMMAND_UNKNOWN: row(
    4001,
    404,
    'There is no such command',
    'Check the command id and that the key belongs to its account.',
  ),
  NGTB_COMMAND_KEY_MISSING: row(
    4002,
    400,
    'The command has no name of yours',
    'Send an Idempotency-Key header or a command_id, and repeat it when you repeat the request.',
  ),
  NGTB_COMMAND_KEY_CONFLICT: row(
    4003,
    422,
    'Idempotency-Key and command_id differ',
    'Send one of them, or the same text in both.',
  ),
  NGTB_COMMAND_REUSED: row(
    4004,
    422,
    'That key was used for another command',
    'Use a new key for a new intent; repeat a key only with the same body.',
  ),
  NGTB_COMMAND_TYPE: row(
    4005,
    422,
    'The command type is not offered',
    'docs/reference/commands.md lists the types; `ngtb command --help` the common ones.',
  ),
  NGTB_COMMAND_PAYLOAD: row(4006, 422, 'The command can not be executed as it is', 'Change the named field.'),
  NGTB_COMMAND_PRIORITY: row(
    4007,
    422,
    'The priority is not one of ours',
    'CRITICAL (99), HIGH (10), NORMAL (5) or LOW (1).',
  ),
  NGTB_COMMAND_NOT_CANCELLABLE: row(
    4008,
    409,
    'The command can no longer be cancelled',
    'Only an undelivered command can: the EA may already have acted on this one.',
  ),
  NGTB_COMMANDS_TOO_MANY: row(
    4009,
    429,
    'Too many unsettled commands on this account',
    'Wait until some settle; the EA may be away.',
  ),
  NGTB_EA_NOT_CONNECTED: row(
    4010,
    409,
    'The EA is not connected',
    'Leave require_connected out to queue the command until its TTL.',
  ),
  NGTB_ANSWER_CONTRADICTS: row(
    4011,
    409,
    'The answer contradicts a settled command',
    'The command completed; a later refusal can not undo it. It was recorded.',
  ),
  NGTB_ACCOUNT_PLAIN: row(
    4012,
    422,
    'This command type needs a native EA',
    'The EA of this account speaks the plain dialect: it is handed OPEN_TRADE, MODIFY_TRADE, CLOSE_TRADE and CLOSE_ALL.',
  ),
  NGTB_RISK_CLOSED: row(
    4013,
    423,
    'Opening is closed on this account for now',
    'Two EAs contend, the account has drifted, or results are being replayed; what reduces risk stays possible.',
  ),
  NGTB_COMMAND_NOT_SETTLEABLE: row(
    4014,
    409,
    'A person can not settle this command',
    'Only one that was handed out and whose outcome is unknown; cancel an undelivered one.',
  ),
  NGTB_FENCED: row(
    4015,
    409,
    'This session is no longer the account’s',
    'Another connect was accepted since; connect again with the journal’s last_epoch.',
  ),
  NGTB_OWNER_OTHER: row(
    4016,
    409,
    'Another EA owns this account',
    'Its lease runs 15 s from its last message: wait Retry-After seconds, and connect again.',
  ),
  NGTB_JOURNAL_COPY: row(
    4017,
    409,
    'This journal is a copy, or an old image',
    'Replace it: a new journal_id with last_epoch 0; keep the old file.',
  ),

  NGTB_SNAPSHOT_OLD: row(
    4018,
    409,
    'A newer list of positions is known here',
    'Take the list anew, with a higher snapshot_no and the rev of the newest answer.',
  ),
  NGTB_SNAPSHOT_UNFIT: row(
    4019,
    422,
    'This list of positions proves nothing',
    'Send a complete one, with its count and digest, while the terminal is connected.',
  ),

  NGTB_STREAM_GAP: row(
    4020,
    409,
    'Events are missing before these',
    'Send the stream again from expected_seq on, at most 500 events at a time.',
  ),

  NGTB_LIMIT: row(
    4021,
    422,
    'A limit of this account is against it',
    'Open less, or let an admin change the named limit: PUT /api/v1/accounts/:login/limits. Closing is never limited.',
  ),

  NGTB_TICKET_INVALID: row(
    5001,
    422,
    'The ticket is not a number from 1 to 2^63−1',
    'Send the position ticket as digits; as text when it is above 2^53−1.',
  ),
  NGTB_TRADE_UNKNOWN: row(
    5002,
    404,
    'There is no such trade',
    'Check the ticket and that the key belongs to its account.',
  ),
  NGTB_TICK_TIME: row(
    5003,
    422,
    'A tick lies outside 2000 … 2100',
    'timestamp is in seconds, or in milliseconds when ≥ 1e11.',
  ),
  NGTB_TICK_SPREAD_OF_DAYS: row(
    5004,
    422,
    'One request holds ticks of too many days',
    'Send at most 400 days in one request.',
  ),
  NGTB_TICK_NUMBERS: row(
    5005,
    409,
    'These numbers were given to other ticks of this run',
    'Number on from expected_seq, or begin a run of another name.',
  ),

  NGTB_INTERNAL: row(
    9001,
    500,
    'The server made a mistake',
    'It was logged under this request_id; repeat the request with the same key.',
  ),
  NGTB_DATABASE_AWAY: row(
    9002,
    503,
    'The database does not answer',
    'Nothing was acknowledged; repeat the same request after Retry-After seconds.',
  ),
  NGTB_STOPPING: row(
    9003,
    503,
    'The server is stopping',
    'Repeat the same request after Retry-After seconds.',
  ),
} as const satisfies Record<string, CatalogueRow>

export type ErrorCode = keyof typeof ERRORS

/** An expected refusal: the door answers it, nothing was changed. */
interface RefusalOptions {
  readonly retry_after_s?: number
  readonly more?: Readonly<Record<string, unknown>>
}

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ErrorCode
  readonly retry_after_s: number | undefined
  /** Fields that go with the answer, for machines. */
  readonly more: Readonly<Record<string, unknown>>

  /** @param detail one sentence about this very case; the catalogue's title when left out */
  constructor(code: ErrorCode, detail?: string, options: RefusalOptions = {}) {
    super(detail ?? ERRORS[code].title)
    this.code = code
    this.more = options.more ?? {}
    this.retry_after_s = options.retry_after_s ?? (ERRORS[code].http === 503 ? 1 : undefined)
  }

  get http(): number {
    return ERRORS[this.code].http
  }

  get hint(): string {
    return ERRORS[this.code].hint
  }
}
