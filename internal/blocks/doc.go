// Package blocks manages the two independent kinds of blocks: the block that an
// administrator sets and lifts, and the login blocks that the provider sets after too many
// wrong passwords.
//
// Package users also returns the administrator's block. Package session ends sessions
// without a block.
package blocks
