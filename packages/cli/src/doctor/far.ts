// The server that NGTB_URL names, when that is not the one of this folder: does it answer, does it take our key.
import { readEnvironment } from '@ngtb/server/settings'
import { systemStatus } from '../reads.ts'
import { type Finding, fail, ok, sentence } from './finding.ts'

export async function checkFar(): Promise<Finding[]> {
  const { NGTB_URL: url } = readEnvironment()
  if (!url) return []
  try {
    const { connections } = await systemStatus({})
    return [
      ok('NGTB_URL', `${url} answers: ${connections.total} connections, ${connections.healthy} healthy`),
    ]
  } catch (error) {
    return [
      fail(
        'NGTB_URL',
        sentence(error),
        'Check NGTB_URL, NGTB_API_KEY, VPN and firewall, and that the server runs there.',
      ),
    ]
  }
}
