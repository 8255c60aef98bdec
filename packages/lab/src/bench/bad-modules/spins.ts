// A module of bench:modules that never comes back, soon after each start.
import { defineModule } from '@ngtb/modules'

export default defineModule({
  name: 'spins',
  scopes: ['commands:read'],
  every: {
    seconds: 0.1,
    run() {
      for (;;);
    },
  },
})
