// Refusals of alerts: rows of the catalogue in errors.ts.
import { row } from './error-row.ts'

export const ALERT_ERRORS = {
  NGTB_ALERT_UNKNOWN: row(3011, 404, 'There is no such alert', '`ngtb alert list --state all` shows them.'),
  NGTB_ALERTS_MANY: row(
    3012,
    409,
    'Too many alerts are open',
    'Clear those that are over, or raise under a name: the same name is one alert until it is cleared.',
  ),
  NGTB_CHANNEL_UNKNOWN: row(
    3013,
    404,
    'There is no such channel here',
    'A channel is there once its settings are: NGTB_ALERT_* in docs/reference/config.md.',
  ),
} as const
