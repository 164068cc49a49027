package main

import (
	"bytes"
	"fmt"
	"net"
)

func main() {
	pc, err := net.ListenPacket("udp", "localhost:65431")
	if err != nil {
		panic(err)
	}
	buf := make([]byte, 2048)
	for {
		n, addr, err := pc.ReadFrom(buf)
		if err != nil {
			continue
		}
		fmt.Println(addr, "wrote:", string(buf[:n]))
		pc.WriteTo(bytes.ToUpper(buf[:n]), addr)
	}
}
