// Package program is what the smallest programs have in common: a job to do.
package program

import "os"

// Gets is how many requests the job "gets" makes.
const Gets = 10_000

// Job is what a program is told to do.
type Job struct {
	Name  string // "download", "upload", "gets", or of fasthttp "buffered"
	URL   string
	File  string // to write or to read
	Roots []byte // PEM, if there is TLS
}

// Run does the job of the command line: job url file [roots]. A failure ends the
// process by 1.
func Run(do func(Job) error) {
	if err := run(do); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

func run(do func(Job) error) error {
	if len(os.Args) < 4 {
		return os.ErrInvalid
	}
	job := Job{Name: os.Args[1], URL: os.Args[2], File: os.Args[3]}
	if len(os.Args) > 4 {
		var err error
		if job.Roots, err = os.ReadFile(os.Args[4]); err != nil {
			return err
		}
	}
	return do(job)
}
