// A thread begins as the house does (adr 0029): how to read the sources is not handed on to it.
import { launch } from '../launch/launch.mjs'

await launch('tick-thread')
