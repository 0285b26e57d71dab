// Package program is what the smallest programs have in common: a job to do.
package program

import (
	"os"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/client"
)

// Size is how long the file of a job is, and Gets how many requests the job "gets" makes.
const (
	Size = 64 << 20
	Gets = 10_000
)

// Paths are what each job asks for.
var Paths = map[string]string{"download": "/bytes/67108864", "upload": "/sink", "gets": "/bytes/13"}

// Run does the job of the command line: job address file buffered [roots]. A failure ends the
// process by 1.
func Run(by func(t client.Task) client.Client) {
	defer try.F(func(why ...any) {
		_, _ = os.Stderr.WriteString(why[0].(error).Error() + "\n")
		os.Exit(1)
	})
	job := os.Args[1]
	t := client.Task{Address: os.Args[2], Path: Paths[job], File: os.Args[3], Length: Size, Buffered: os.Args[4] == "true"}
	if len(os.Args) > 5 {
		t.Roots = try.E1(os.ReadFile(os.Args[5]))
	}
	times := 1
	switch job {
	case "upload":
		t.Put = true
	case "gets":
		t.Length, t.Chunk, times = 13, 512, Gets
	default:
		t.Keep = true
		defer os.Remove(t.File)
	}
	c := by(t)
	defer c.Close()
	once := c.Worker()
	for range times {
		once()
	}
}
