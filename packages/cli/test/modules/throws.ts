// A module of the tests, and of bench:modules, that throws, soon after each start.
import { defineModule } from '@ngtb/modules'

export default defineModule({
  name: 'throws',
  scopes: ['commands:read'],
  every: {
    seconds: 0.05,
    run() {
      throw new Error('planted')
    },
  },
})
