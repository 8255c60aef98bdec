// Progress on long work: a bar on stderr for a person at a terminal, nothing when piped.
import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  set(done: number, total?: number): void
  end(): void
}

const NONE: Progress = { set() {}, end() {} }

export function progress(what: string, total: number): Progress {
  if (!process.stderr.isTTY) return NONE
  const bar = new SingleBar(
    {
      stream: process.stderr,
      format: `${what} [{bar}] {percentage}% · {value}/{total}`,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  return {
    set(done, of) {
      if (of !== undefined) bar.setTotal(of)
      bar.update(done)
    },
    end: () => bar.stop(),
  }
}
