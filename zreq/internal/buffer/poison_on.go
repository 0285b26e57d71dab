//go:build zreqpoison

package buffer

import "sync"

// poison makes a view that was kept too long fail loudly.
func poison(b []byte) {
	for i := range b {
		b[i] = 0xDB
	}
}

var (
	lentMu sync.Mutex
	lent   int
)

func count(n int) {
	lentMu.Lock()
	defer lentMu.Unlock()
	lent += n
}

// Lent returns how many buffers were acquired and not released.
func Lent() int {
	lentMu.Lock()
	defer lentMu.Unlock()
	return lent
}
