package footprint

// Program is the smallest that does its job by its client. There is a folder of
// programs for each.
type Program struct {
	Folder string
	Name   string // as shown: "zreq, TLS"
	Job    string // "stream": one of the jobs below
}

// The jobs. Each ends with a check that it was done.
const (
	Connect = "connect" // open a connection, and no more
	Stream  = "stream"  // GET, and write the body to stdout as it comes
	Save    = "save"    // GET into a file that is synced, and has its name when it is whole
	Upload  = "upload"  // PUT a file
)

// Programs are all that are weighed, in the order of the report.
var Programs = []Program{
	{"dial", "net alone", Connect},
	{"zreq", "zreq", Stream},
	{"zreqsession", "zreq, Session", Stream},
	{"zreqzlog", "zreq, zlog", Stream},
	{"zreqgzip", "zreq, gzip", Stream},
	{"zreqsave", "zreq", Save},
	{"zrequpload", "zreq", Upload},
	{"dialtls", "crypto/tls alone", Connect},
	{"zreqtls", "zreq, TLS", Stream},
	{"zreqstd", "zreq, TLS and JSON", Stream},
	{"nethttp", "net/http", Stream},
	{"nethttpsave", "net/http", Save},
	{"nethttpupload", "net/http", Upload},
	{"fasthttp", "fasthttp", Stream},
}
