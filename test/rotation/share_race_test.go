//go:build race

package rotation

// share is by how much there is less of everything: the race detector takes ten
// times as long for each request, and needs fewer of them to see a race.
const share = 5
