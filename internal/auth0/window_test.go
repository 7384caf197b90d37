package auth0

import "testing"

func TestWindowOverlapsTheSeenUsers(t *testing.T) {
	for seen := range 890 {
		for _, limit := range []int{1, 2, 50, 99, 100} {
			index, size := window(seen, limit)
			first, last := index*size, (index+1)*size
			if size < 1 || size > pageSize || last > searchSize {
				t.Fatalf("seen %d, limit %d: the provider has no page %d of %d users", seen, limit, index, size)
			}
			if index > 0 && first >= seen {
				t.Errorf("seen %d, limit %d: the page begins at %d, after the seen users", seen, limit, first)
			}
			if fresh := last - seen; fresh < min(limit, 45) {
				t.Errorf("seen %d, limit %d: only %d others fit", seen, limit, fresh)
			}
		}
	}
}
