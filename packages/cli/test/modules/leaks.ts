// A module of the tests, and of bench:modules, that takes more and more memory, outside of the JavaScript heap.
import { defineModule } from '@ngtb/modules'

const kept: Buffer[] = []

export default defineModule({
  name: 'leaks',
  scopes: ['commands:read'],
  every: {
    seconds: 0.05,
    run() {
      kept.push(Buffer.alloc(8 * 1_048_576, 1))
    },
  },
})
