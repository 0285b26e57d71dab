module github.com/zreq-go/zreq/examples/pico/board

go 1.25

require (
	github.com/matryer/is v1.4.1
	github.com/zreq-go/zreq v0.0.0
	tinygo.org/x/drivers v0.37.0
)

require (
	github.com/google/shlex v0.0.0-20191202100458-e7afc7fbc510 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	golang.org/x/sys v0.41.0 // indirect
	golang.org/x/time v0.14.0 // indirect
)

replace github.com/zreq-go/zreq => ../../..
