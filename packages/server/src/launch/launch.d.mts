// The types of launch.mjs.
type Programs = Readonly<Record<string, string>>

export function launch(name: 'ngtb' | 'tick-thread'): Promise<void>
export function bundleOf(name: string, root?: string, programs?: Programs): Promise<string | null>
export function homeIn(root: string): string
