// A module of the tests that tells each trade event that it was handed; one with the setting's words ends it.
import { defineModule } from '@ngtb/modules'

export default defineModule({
  name: 'witness',
  scopes: ['commands:read'],
  settings: { poison: '' },
  onTrade({ seq, data }, { log, settings }) {
    log.info(`witness ${seq}`)
    if (settings.poison !== '' && JSON.stringify(data).includes(settings.poison)) throw new Error('poisoned')
  },
})
