// A server in a process of its own, for a measurement: startServer as users have it, told by its parent, ended with it.
import { type RunningServer, startServer } from '@ngtb/server'
import { findEmbeddedPostgres } from '@ngtb/server/embedded'
import type { ChildOrder, ChildReady } from './own-server.ts'
import { serveModules } from './server-modules.ts'

let starting: Promise<RunningServer> | undefined

process.once('message', (order: ChildOrder) => void serve(order))
// A parent that dies closes the channel: no server and no database are left behind.
process.once('disconnect', end)
process.once('SIGTERM', end)
// A Ctrl-C at the terminal reaches everyone in it; the parent decides when the server ends.
process.on('SIGINT', () => {})

async function serve({ data_dir, settings }: ChildOrder): Promise<void> {
  starting = startServer({ env: settings, data_dir, any_port: true })
  serveModules(starting)
  const { url, ports, database_url, server } = await starting
  const { api_key } = await server.services.keys.create(
    { account_id: null, scopes: ['admin'], label: 'lab' },
    'lab',
  )
  // The owner's, where there is one: a measurement makes tables of its own beside the server's.
  const owner_url = settings.DATABASE_URL ? null : await findEmbeddedPostgres(data_dir)
  const ready = { url, ports, database_url: owner_url ?? database_url, admin_key: api_key }
  process.send?.(ready satisfies ChildReady)
}

function end(): void {
  const stopped = starting?.then((server) => server.stop())
  void Promise.resolve(stopped).finally(() => process.exit(0))
}
