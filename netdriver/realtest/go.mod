module github.com/zreq-go/zreq/netdriver/realtest

go 1.25

require (
	github.com/matryer/is v1.4.1
	github.com/tus/tusd/v2 v2.9.1
	github.com/zreq-go/zreq v0.0.0
	go.uber.org/goleak v1.3.0
	golang.org/x/exp v0.0.0-20250106191152-7588d65b2ba8
)

require (
	github.com/tus/lockfile v1.2.0 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	golang.org/x/net v0.50.0 // indirect
	golang.org/x/sys v0.41.0 // indirect
	golang.org/x/text v0.34.0 // indirect
	golang.org/x/time v0.14.0 // indirect
)

replace github.com/zreq-go/zreq => ../..
