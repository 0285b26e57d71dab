module github.com/zreq-go/zreq/benchmarks

go 1.25

require (
	github.com/go-resty/resty/v2 v2.16.5
	github.com/hashicorp/go-retryablehttp v0.7.8
	github.com/matryer/is v1.4.1
	github.com/zreq-go/zreq v0.0.0
	go.uber.org/goleak v1.3.0
)

require (
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	golang.org/x/net v0.33.0 // indirect
)

replace github.com/zreq-go/zreq => ../
