package main

import (
	"net"
	"strings"
)

func atende(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 1024)
	if _, err := c.Read(buf); err != nil {
		return
	}
	c.Write([]byte(strings.ToUpper(string(buf))))
}

func main() {
	l, err := net.Listen("tcp", ":65432")
	if err != nil {
		panic(err)
	}
	for {
		if c, err := l.Accept(); err == nil {
			go atende(c)
		}
	}
}
