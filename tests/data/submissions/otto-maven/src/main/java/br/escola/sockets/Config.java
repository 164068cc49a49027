package br.escola.sockets;

final class Config {
    static final int PORTA = 65431;

    private Config() {}
}
