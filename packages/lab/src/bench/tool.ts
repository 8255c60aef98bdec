// The frame of a bench with a server of its own: the one flag, the stage, the lines, the exit code.
import { readArguments, runTool } from '../support/arguments.ts'
import { NO_RATE_LIMITS, withOwnServer } from '../support/own-server.ts'
import { type Line, tellLines } from './lines.ts'
import { Stage } from './stage.ts'

/**
 * @param tool the command as it is typed
 * @param short what `--short` leaves out
 */
export const benchTool = (
  tool: string,
  short: string,
  measure: (stage: Stage, full: boolean) => Promise<Line[]>,
): Promise<void> =>
  runTool(async () => {
    const { flags } = readArguments(process.argv.slice(2), { tool, numbers: {}, flags: { short } })
    const lines = await withOwnServer(NO_RATE_LIMITS, async (server) => {
      const stage = new Stage(server)
      try {
        return await measure(stage, !flags.short)
      } finally {
        stage.close()
      }
    })
    return tellLines(lines)
  })
