// The addresses of this machine, as its network cards have them now.
import { networkInterfaces } from 'node:os'
import type { NetworkCard } from '../ports.ts'

export const systemCards = (): NetworkCard[] =>
  Object.entries(networkInterfaces()).flatMap(([via, cards = []]) =>
    cards.map(({ address, family, internal }) => ({ via, address, family, internal })),
  )
