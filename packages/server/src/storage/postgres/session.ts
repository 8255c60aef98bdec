// What every connection of ours says of itself: time zone, durability, and the role that it works as.
import type pg from 'pg'

/** How the server reaches its database. */
export interface DatabaseAddress {
  readonly url: string
  /** The role to work as, where the url's own user is another. */
  readonly role?: AppRole | null
}

export interface AppRole {
  readonly name: string
  /** Where the tables are: a search path may begin with a schema of the user's own name. */
  readonly schema: string
}

/**
 * The address as `pg` takes it. Options in the url would replace ours: they are taken out of it, and go first.
 * The role comes with the start of the session, so RESET ROLE goes back to it, not to the url's user.
 */
export function connectionOf(
  { url, role }: DatabaseAddress,
  ...settings: string[]
): Pick<pg.ClientConfig, 'connectionString' | 'options'> {
  const { bare, options } = withoutOptions(url)
  const as = role ? [`role=${role.name}`, `search_path=${role.schema}`] : []
  const ours = ['timezone=UTC', ...settings, ...as].map((setting) => `-c ${setting}`)
  return { connectionString: bare, options: [...options, ...ours].join(' ') }
}

function withoutOptions(url: string): { bare: string; options: string[] } {
  const at = url.indexOf('?')
  if (at === -1) return { bare: url, options: [] }
  const params = new URLSearchParams(url.slice(at + 1))
  const options = params.getAll('options')
  if (options.length === 0) return { bare: url, options }
  params.delete('options')
  return { bare: `${url.slice(0, at)}${params.size > 0 ? `?${params}` : ''}`, options }
}
