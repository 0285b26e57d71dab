package bench

// Case is one job, done by each of its clients in turn.
type Case struct {
	Name  string // "GET, 13 B"
	Group string // the table it belongs to: "keep-alive"
	Bytes int64  // that one operation moves; 0 if it is the time that counts

	// Clients sets the clients up, to be closed by Run.
	Clients func() ([]Client, error)
}

// Client is one way to do a job.
type Client struct {
	Name string // "zreq", "raw"

	// Do does the job n times and fails unless all of it was done right.
	Do func(n int) error

	// Least is how many times a turn does it at least, if it has a start of its own
	// that would else be what is measured. Do may be asked for less all the same.
	Least int

	// Close is nil if there is nothing to let go of.
	Close func() error
}
