//go:build !race

package rotation

// share is by how much there is less of everything.
const share = 1
