// Modules beside a server of this process: their keys from its ledger, their lines in its log.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  isShipped,
  type ModuleHost,
  type ModuleKeys,
  type ModuleRequest,
  readSet,
  type Settings,
  type SettingValue,
  SHIPPED,
  shippedFile,
  startModules,
} from '@ngtb/modules/host'
import type { Scope } from '@ngtb/protocol'
import type { Log, RunningServer } from '@ngtb/server'
import { Misuse } from './failures.ts'

export type { ModuleRequest, ModuleStatus } from '@ngtb/modules/host'

export const MODULE_LABEL = 'module:'
const HOST_LABEL = 'module:(host)'
const ACTOR = 'modules'
const PAGE = 500

export interface ModuleOptions {
  module?: string[]
  set?: string[]
  moduleSettings?: string
}

/**
 * What was asked for: files that are there, or names of shipped ones, each with its settings.
 * @throws {Misuse} with a sentence about what to change
 */
export function moduleRequests(
  { module = [], set = [], moduleSettings }: ModuleOptions,
  env: Record<string, string | undefined>,
): ModuleRequest[] {
  const listed = (env.NGTB_MODULES ?? '').split(',').map((text) => text.trim())
  const asked = [...new Set([...listed.filter((text) => text !== ''), ...module])]
  const file = moduleSettings ?? (env.NGTB_MODULE_SETTINGS || undefined)
  const given = merged(file === undefined ? {} : settingsFile(file), set)
  const requests = asked.map((one) => ({ ...sourceOf(one), settings: given.get(nameOf(one)) ?? {} }))
  const stranger = [...given.keys()].find((name) => !asked.some((one) => nameOf(one) === name))
  if (stranger !== undefined)
    throw new Misuse(`There are settings for ${stranger}, but no module of this name: give --module, too.`)
  return requests
}

/** Settings are given by file name without its ending; a module's own name is known only once it runs. */
const nameOf = (asked: string): string => asked.replace(/^.*[\\/]/, '').replace(/\.[cm]?[jt]s$/, '')

function sourceOf(asked: string): { asked: string; source: string } {
  if (isShipped(asked)) return { asked, source: shippedFile(asked) }
  const source = resolve(asked)
  if (!existsSync(source))
    throw new Misuse(
      `There is no module ${asked}: give a file, or one of ${Object.keys(SHIPPED).join(', ')}.`,
    )
  return { asked, source }
}

function settingsFile(path: string): Record<string, Settings> {
  if (!existsSync(path)) throw new Misuse(`There is no file ${path} with settings of modules.`)
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const modules = Object.values(parsed as object)
    if (Array.isArray(parsed) || modules.some((one) => typeof one !== 'object' || one === null)) throw Error()
    return parsed as Record<string, Settings>
  } catch {
    throw new Misuse(`${path} is not { "MODULE": { "SETTING": VALUE } } in JSON.`)
  }
}

function merged(file: Record<string, Settings>, set: readonly string[]): Map<string, Settings> {
  const all = new Map<string, Record<string, SettingValue>>(
    Object.entries(file).map(([name, settings]) => [name, { ...settings }]),
  )
  for (const text of set) {
    try {
      const { module, name, value } = readSet(text)
      all.set(module, { ...all.get(module), [name]: value })
    } catch (error) {
      throw new Misuse(`--set ${(error as Error).message}.`)
    }
  }
  return all
}

export interface Beside {
  readonly host: ModuleHost
  stop(): Promise<void>
}

/** Starts modules beside a server of this process. What an earlier run left of their keys ends first. */
export async function modulesBeside(
  { server, url }: Pick<RunningServer, 'server' | 'url'>,
  modules: readonly ModuleRequest[],
  log: Log,
  more: Partial<Parameters<typeof startModules>[0]> = {},
): Promise<Beside> {
  const { services } = server
  await sweep(services)
  const host_key = await services.keys.create({ account_id: null, scopes: ALERTS, label: HOST_LABEL }, ACTOR)
  const keys: ModuleKeys = {
    async mint(name, scopes, account) {
      const desk = account === null ? null : await services.desks.byNumber(account)
      if (account !== null && !desk)
        throw new Error(`there is no account with the login ${account} yet: connect its EA, or correct it`)
      const { row, api_key } = await services.keys.create(
        {
          account_id: desk?.account_id ?? null,
          scopes: [...scopes, ...ALERTS],
          label: `${MODULE_LABEL}${name}`,
        },
        ACTOR,
      )
      return { key_id: row.key_id, api_key }
    },
    async revoke(key_id) {
      await services.keys.revoke(key_id, ACTOR)
    },
  }
  const host = startModules({ modules, url, keys, alert_key: host_key.api_key, log, ...more })
  return {
    host,
    async stop() {
      await host.stop()
      await services.keys.revoke(host_key.row.key_id, ACTOR)
    },
  }
}

/** Every module may tell a person. */
const ALERTS: readonly Scope[] = ['alerts:write']

type Services = RunningServer['server']['services']
type KeyPage = Awaited<ReturnType<Services['keys']['list']>>
type KeyRow = KeyPage['items'][number]

/** Keys of modules of an earlier run: nobody has their texts any more, and a module that is not asked for has none. */
async function sweep(services: Services): Promise<void> {
  for await (const key of moduleKeys(services)) await services.keys.revoke(key.key_id, ACTOR)
}

/** The keys of modules that are alive. */
export async function* moduleKeys(services: Services): AsyncGenerator<KeyRow> {
  let after: (string | number)[] | null = null
  do {
    const page: KeyPage = await services.keys.list({ limit: PAGE, after })
    for (const key of page.items) if (key.revoked_at === null && key.label.startsWith(MODULE_LABEL)) yield key
    after = page.next
  } while (after !== null)
}
