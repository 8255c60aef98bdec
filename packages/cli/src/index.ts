// @ngtb/cli as a library: the program itself, for tools that list its commands.
export { createProgram } from './program.ts'
