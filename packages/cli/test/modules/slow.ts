// A module of the tests that takes its time over each tick.
import { defineModule } from '@ngtb/modules'

export default defineModule({
  name: 'slow',
  scopes: ['commands:read'],
  async onTick({ symbol, conflated }, { log }) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    log.info(`slow ${symbol} ${conflated > 0 ? 'behind' : 'level'}`)
  },
})
