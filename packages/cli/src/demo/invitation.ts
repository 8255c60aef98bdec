// What the demo invites to: addresses, a key, and lines to paste.
import { ACCOUNT } from './index.ts'
import type { Stage } from './stage.ts'

export function farewell({ server, api_key, dir }: Stage, symbol: string): string {
  const { ports, url } = server
  const order = { type: 'OPEN_TRADE', payload: { symbol, order_type: 'BUY', volume: 0.1 } }
  return `
Dashboard     ${url}
API           ${url}/openapi.json
Admin key     ${api_key}
Data folder   ${dir} (removed at the end)

Paste into another terminal:

  curl http://localhost:${ports.command}/api/status
  curl http://localhost:${ports.webui}/api/system/status

  curl -X POST http://localhost:${ports.webui}/api/v1/accounts/${ACCOUNT}/commands \\
    -H 'Authorization: Bearer ${api_key}' \\
    -H 'Idempotency-Key: my-first-order' -H 'Content-Type: application/json' \\
    -d '${JSON.stringify(order)}'

  export NGTB_URL=${url} NGTB_API_KEY=${api_key}
  npx ngtb command open ${symbol} BUY 0.1 --wait
  npx ngtb trades

Ctrl-C ends it. Ticks go on:`
}
