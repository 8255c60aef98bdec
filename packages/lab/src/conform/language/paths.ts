// Dotted paths into JSON: `response.ticket`, `commands.0.id`, `commands.length`.
import type { Json } from './dialogue.ts'

/** What lies there, or undefined. */
export function pick(value: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = value
  for (const name of path.split('.')) {
    if (Array.isArray(here)) here = name === 'length' ? here.length : here[Number(name)]
    else if (here !== null && typeof here === 'object')
      here = Object.hasOwn(here, name) ? here[name] : undefined
    else return undefined
  }
  return here
}

/** Puts a value there, and makes what is missing on the way. Undefined takes the field away. */
export function put(
  into: { [field: string]: Json | undefined },
  path: string,
  value: Json | undefined,
): void {
  const names = path.split('.')
  const last = names.pop() ?? ''
  let here = into
  for (const name of names) {
    const next = here[name]
    if (next === null || typeof next !== 'object' || Array.isArray(next)) here[name] = {}
    here = here[name] as { [field: string]: Json | undefined }
  }
  if (value === undefined) delete here[last]
  else here[last] = value
}
