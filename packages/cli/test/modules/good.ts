// A module of the tests that does nothing wrong: it counts, and tells what it hears.
import { defineModule } from '@ngtb/modules'

let count = 0

export default defineModule({
  name: 'good',
  scopes: ['commands:read'],
  every: {
    seconds: 0.2,
    run({ log }) {
      log.info(`counted ${++count}`)
    },
  },
})
