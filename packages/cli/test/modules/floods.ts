// A module of the tests that asks for more orders than anybody could want, and waits for no answer.
import { defineModule, isRefusal } from '@ngtb/modules'

let refused = 0
let taken = 0

export default defineModule({
  name: 'floods',
  scopes: ['commands:read', 'commands:open'],
  every: {
    seconds: 0.05,
    async run({ client, log }) {
      for (let at = 0; at < 20; at++)
        client
          .openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.01, ttl_ms: 1_000, deadline_ms: 1_000 })
          .then(() => taken++)
          .catch((error) => isRefusal(error, 'NGTB_RATE') && refused++)
      if (taken + refused > 0) log.info(`flood: taken ${taken}, refused ${refused}`)
    },
  },
})
