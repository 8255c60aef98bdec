// Waiting for what must come, for as long as the test runner allows: no clock of its own.

/** Resolves once `holds` says so. */
export async function until(holds: () => unknown): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Several turns of the event loop: what could have happened by now, has. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
