// A module of the tests, and of bench:modules, that asks for more orders than the server takes from one key.
import { defineModule, isRefusal, OutcomeUnknown } from '@ngtb/modules'

const IN_FLIGHT_MAX = 40
let asking = 0
let refused = 0
let taken = 0

const byRate = (error: unknown): boolean =>
  isRefusal(error, 'NGTB_RATE') || (error instanceof OutcomeUnknown && isRefusal(error.cause, 'NGTB_RATE'))

export default defineModule({
  name: 'floods',
  scopes: ['commands:read', 'commands:open'],
  every: {
    seconds: 0.05,
    run({ client, log }) {
      for (; asking < IN_FLIGHT_MAX; asking++)
        client
          .openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.01, deadline_ms: 10_000 })
          .then(() => taken++)
          .catch((error) => byRate(error) && refused++)
          .finally(() => asking--)
      log.info(`flood: taken ${taken}, refused ${refused}`)
    },
  },
})
