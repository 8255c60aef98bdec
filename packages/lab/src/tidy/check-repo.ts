// What holds for the repository as a whole: pages, package READMEs, the lockfile.

/** A page has one title, on its first line, so that a link to it can be named. */
export function pageComplaints(path: string, text: string): string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
  const titles = prose.match(/^# .+$/gm) ?? []
  if (titles.length !== 1) return [`${path}: ${titles.length} titles (# …); a page has one`]
  return /^(?:<!--[\s\S]*?-->\s*)?# /.test(text) ? [] : [`${path}: the title is its first line`]
}

/** The lockfile must work with any registry: it names none (.npmrc: omit-lockfile-registry-resolved). */
export function lockfileComplaints(path: string, text: string): string[] {
  const lines = text.split('\n')
  return lines.flatMap((line, index) =>
    /"resolved":\s*"(?:https?|git[+:])/.test(line)
      ? [`${path}:${index + 1}: names a registry host: ${line.trim().slice(0, 80)}`]
      : [],
  )
}

/** Each package with sources says in twenty lines what it is for. */
export function readmeComplaints(paths: readonly string[]): string[] {
  const all = new Set(paths)
  const packages = new Set(
    paths.flatMap((path) => /^((?:packages|tools)\/[^/]+)\/src\//.exec(path)?.[1] ?? []),
  )
  return [...packages]
    .filter((folder) => !all.has(`${folder}/README.md`))
    .map(
      (folder) =>
        `${folder}: no README.md: what it is for, what it may import, what to read first, how to test it`,
    )
}
