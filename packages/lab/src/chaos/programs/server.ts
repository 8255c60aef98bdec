// A server in a process of its own, with crash points that the rig arms while it runs.
import { type RunningServer, startServer } from '@ngtb/server'
import { obey } from './program.ts'

export interface ServerOrder {
  /** Settings by their published names; nothing of the environment or of .env gets in between. */
  readonly settings: Readonly<Record<string, string>>
  readonly data_dir: string
  /** Made once; afterwards the rig has it. */
  readonly make_admin_key: boolean
}

export interface ServerReady {
  readonly ports: RunningServer['ports']
  readonly admin_key: string | null
}

let running: RunningServer | undefined

obey({
  async start({ settings, data_dir, make_admin_key }: ServerOrder): Promise<ServerReady> {
    running = await startServer({ env: settings, data_dir, any_port: true })
    const { keys } = running.server.services
    const made = make_admin_key
      ? await keys.create({ account_id: null, scopes: ['admin'], label: 'chaos' }, 'chaos')
      : null
    return { ports: running.ports, admin_key: made?.api_key ?? null }
  },
  /** NAME[:TYPE][:PASS], or '' to disarm. */
  arm({ crash_point }: { crash_point: string }) {
    process.env.NGTB_CRASH_POINT = crash_point
  },
  async stop() {
    await running?.stop()
  },
})
