package jobs

import "testing"

// BenchmarkFetches is for a look at one client, or for its profile: what is said of them
// is said by package report.
func BenchmarkFetches(b *testing.B) {
	w := newWorld(b)
	w.Stream = 64 << 20
	for _, c := range fetches(w) {
		b.Run(c.Group+"/"+c.Name, func(b *testing.B) {
			for _, client := range set(b, c) {
				b.Run(client.Name, func(b *testing.B) {
					b.ReportAllocs()
					b.SetBytes(c.Bytes)
					if err := client.Do(b.N); err != nil {
						b.Fatal(err)
					}
				})
			}
		})
	}
}
