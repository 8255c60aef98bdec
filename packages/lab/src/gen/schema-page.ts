// The page of the tables, read from a migrated database. It needs one, so `npm run gen` can't write it: the test that
// compares it does (UPDATE=1).
import pg from 'pg'
import { code, table } from './markdown.ts'

interface ColumnRow {
  readonly table: string
  readonly kind: string
  readonly about: string | null
  readonly column: string
  readonly type: string
  readonly required: boolean
  readonly key: boolean
}

export async function schemaPage(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<ColumnRow>(
      `select c.relname as table, c.relkind::text as kind, obj_description(c.oid) as about, a.attname as column,
         format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
         coalesce(a.attnum = any(k.conkey), false) as key
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
       left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
       where n.nspname = 'public' and c.relkind in ('r', 'p', 'v') and not c.relispartition
         and a.attnum > 0 and not a.attisdropped and c.relname <> 'ngtb_migration'
       order by c.relname, a.attnum`,
    )
    return pageOf(rows)
  } finally {
    await client.end()
  }
}

function pageOf(rows: readonly ColumnRow[]): string {
  const names = [...new Set(rows.map((row) => row.table))]
  const sections = names.map((name) => {
    const columns = rows.filter((row) => row.table === name)
    const [first] = columns
    const kind = first?.kind === 'v' ? ' (a view)' : first?.kind === 'p' ? ' (a partition for each day)' : ''
    const lines = columns.map(({ column, type, required, key }) => [
      code(column),
      type,
      key ? 'key' : required ? 'always' : '',
    ])
    const about = first?.about ? `${first.about}.\n\n` : ''
    return `## ${name}${kind}\n\n${about}${table(['column', 'type', ''], lines)}`
  })
  return `# Tables

Written from a migrated database by the test that compares this page with it. Only \`tick_view\` is published: the rest may change with any version; the migrations in \`packages/server/src/storage/postgres/migrations\` say why each is as it is.

${sections.join('\n\n')}
`
}
