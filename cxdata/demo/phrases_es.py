"""What Spanish-speaking customers write: an opening, what happened, an ending."""

from __future__ import annotations

BUT = ", pero "

OPENINGS = {
    "good": (
        "",
        "",
        "",
        "La verdad, ",
        "Todo bien: ",
        "Una vez más, ",
        "Muchas gracias, ",
        "Solo decir que ",
        "Genial, ",
    ),
    "mixed": ("", "", "", "Siendo justa, ", "Bueno, ", "En general ", "Un poco de todo: ", "De momento "),
    "bad": ("", "", "", "Lo siento, ", "Qué decepción: ", "De verdad, ", "Así no, ", "Por desgracia, "),
}
ENDINGS = {
    "good": (
        "",
        "",
        "",
        "¡Seguid así!",
        "Os recomiendo siempre.",
        "Un diez.",
        "Gracias, equipo.",
        "Sin quejas.",
    ),
    "mixed": (
        "",
        "",
        "",
        "Se puede mejorar.",
        "A ver la próxima vez.",
        "Ni bien ni mal.",
        "Esperaba algo más.",
    ),
    "bad": (
        *(
            "",
            "",
            "",
            "Esperaba más.",
            "Arregladlo, por favor.",
            "Me estoy pensando dejarlo.",
            "Así nunca más.",
        ),
        "¿Alguien lee esto?",
    ),
}
HAPPENED = {
    "website": {
        "good": (
            "encontré mi talla en dos minutos",
            "la comparación de modelos es muy clara",
            "precios, tallas y existencias, todo a la vista",
        ),
        "bad": (
            "el buscador enseña bicicletas agotadas",
            "la página se mueve sola en el móvil",
            "no encontré el peso de la bici, lo único que quería saber",
        ),
    },
    "checkout": {
        "good": (
            "hice el pedido en menos de tres minutos",
            "pagar con el móvil funcionó a la primera",
            "el resumen antes de pagar era claro, con todos los gastos",
        ),
        "bad": (
            "me rechazó la tarjeta dos veces sin motivo",
            "los gastos de envío aparecieron en la última página",
            'el código "PRIMAVERA10" no funcionaba',
            "tuve que escribir la dirección tres veces",
        ),
    },
    "delivery": {
        "good": (
            "llegó un día antes y muy bien embalada",
            "el repartidor llamó antes de venir, muy amable",
            "el paquete llegó justo en la franja anunciada",
            "el seguimiento decía en cada momento dónde estaba mi bici",
        ),
        "bad": (
            "el paquete llegó cuatro días tarde, y nadie avisó",
            "la caja venía abierta y faltaba un pedal",
            'el seguimiento ponía "entregado" y yo seguía esperando en la puerta',
            "dejaron la bici a un vecino que no conozco",
            "el cuadro llegó rayado",
        ),
    },
    "strike": {
        "good": ("llegó a pesar de la huelga", "tarde por la huelga, aunque me tuvieron informada"),
        "bad": (
            "dos semanas tarde por la huelga, y ni un mensaje vuestro",
            "ya sé que hay huelga, pero nadie sabía dónde estaba mi bici",
            "la huelga no es culpa vuestra, el silencio sí",
        ),
    },
    "workshop": {
        "good": (
            "frenos y cambios como nuevos",
            "me explicaron lo que hicieron, y me enseñaron las piezas gastadas",
            "recogida a las nueve, lista al mediodía, perfecto",
        ),
        "bad": (
            "el cambio vuelve a saltar a los dos días",
            "una semana para un simple cable de freno",
            "me cobraron una reparación que no pedí",
        ),
    },
    "support_call": {
        "good": (
            "la chica del teléfono lo resolvió en cinco minutos",
            "contestaron enseguida y conocían mi caso",
            "mucha paciencia con mis preguntas",
        ),
        "bad": (
            "una eternidad esperando con la misma musiquita",
            "tuve que explicarlo todo dos veces, a dos personas",
            'me dijeron "le llamamos nosotros" y nadie llamó',
            "amables, sí, resuelto, no",
        ),
    },
    "support_chat": {
        "good": (
            "el chat contestó rápido y al grano",
            "me dieron el enlace que necesitaba al momento",
            "se agradece tenerlo todo por escrito",
        ),
        "bad": (
            "el chat me mandaba siempre el mismo artículo",
            "a los veinte minutos el chat se cerró sin más",
            "pregunté por un recambio, me hablaron de facturas",
        ),
    },
    "returns": {
        "good": ("devolverlo fue fácil y gratis", "a los tres días tenía el dinero"),
        "bad": (
            "sigo esperando mi dinero, van cinco semanas",
            "no venía la etiqueta, no tengo impresora, ¿y ahora qué?",
            "mandaron otra vez la talla equivocada",
        ),
    },
    "billing": {
        "good": ("la factura es clara", "corrigieron un cargo equivocado el mismo día"),
        "bad": (
            "me cobraron dos veces el mismo mes",
            "la factura tiene líneas que nadie sabe explicar",
            "subió el precio sin decir ni palabra",
        ),
    },
    "renewal": {
        "good": ("la oferta era justa y nadie me presionó", "buen precio para un año más"),
        "bad": (
            "los clientes nuevos pagan menos que yo tras tres años",
            "la oferta llegó tarde, y más cara",
        ),
    },
    "relationship": {
        "good": (
            "con Rueda voy mejor al trabajo cada día",
            "el servicio entra en el precio, y lo vale",
            "ya va toda la familia en vuestras bicis",
            "cuando algo se rompe, estáis ahí",
        ),
        "bad": (
            "no recibo lo que pago",
            "cada departamento me dice una cosa",
            "hace dos años era mejor",
            "otras tiendas son más baratas y contestan antes",
        ),
    },
    "product_use": {
        "good": (
            "la bici va de maravilla",
            "ni un pinchazo en un año",
            "ligera, silenciosa, y además bonita",
        ),
        "bad": (
            "el sillín se aflojó al mes",
            "la batería no dura nada",
            "la cadena se oxida demasiado pronto",
        ),
    },
    "app": {
        "good": ("reservo el taller en la app en segundos", "el planificador de rutas es genial"),
        "bad": ("la app me cierra la sesión cada semana", "la app perdió mis reservas"),
    },
    "price": {
        "good": ("por lo que pago recibo mucho", "un precio justo comparado con otros"),
        "bad": ("se ha puesto demasiado caro para mí", "para mi bolsillo es mucho por una bici"),
    },
}
