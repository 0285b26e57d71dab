module github.com/zreq-go/zreq

go 1.25
