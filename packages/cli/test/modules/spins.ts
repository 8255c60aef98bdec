// A module of the tests, and of bench:modules, that never comes back, soon after each start.
import { defineModule } from '@ngtb/modules'

export default defineModule({
  name: 'spins',
  scopes: ['commands:read'],
  every: {
    seconds: 0.05,
    run() {
      for (;;);
    },
  },
})
