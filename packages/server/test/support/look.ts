// A look into the database of a test, by one connection that stays: a new one each time took longer than the look.
import pg from 'pg'

const eyes = new Map<string, Promise<pg.Client>>()

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // The database is dropped under it when the test has ended.
  const close = () => eyes.delete(url)
  client.on('error', close)
  client.on('end', close)
  await client.connect()
  return client
}

/** @param query SQL with `$1` …; with a name it is planned once */
export async function look<T extends pg.QueryResultRow>(
  url: string,
  query: string | { name: string; text: string },
  values: unknown[] = [],
): Promise<T[]> {
  const opened = eyes.get(url) ?? open(url)
  eyes.set(url, opened)
  opened.catch(() => eyes.delete(url))
  const client = await opened
  return (await client.query<T>({ ...(typeof query === 'string' ? { text: query } : query), values })).rows
}
