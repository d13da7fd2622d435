/**
 * 256 plain words, one for each byte: short, spoken unlike one another, no two with the same four letters in front. Never reordered: the order is the code.
 */
export const HOUSE_WORDS: readonly string[] = (
  'acorn almond anchor apple apron arrow autumn bamboo banana barley basket beacon beaver bicycle biscuit blanket blossom border ' +
  'bottle branch bread bridge broom bubble bucket button cabin cactus camel candle canoe carpet carrot castle cattle cedar cello ' +
  'chalk cherry chimney circle clover coconut coffee comet copper corner cotton cradle crayon cricket crystal curtain daisy dancer ' +
  'desert diamond dinner dolphin donkey dragon drawer drum eagle earth echo elbow elephant ember emerald engine evening fabric falcon ' +
  'farmer feather fiddle finger flute forest fossil fountain friend garden garlic ginger giraffe glacier glove goose grape gravel ' +
  'guitar hammer harbour harvest hazel hedge helmet hermit hollow honey horizon hotel iceberg igloo indigo island ivory jacket jaguar ' +
  'jasmine jelly jungle kettle kitchen kitten ladder lagoon lantern laundry lemon letter library lilac lizard lobster magnet mango ' +
  'maple marble market meadow melon milk mirror monkey morning mountain mushroom mustard napkin needle nest nickel noodle nutmeg ' +
  'oasis ocean olive onion opal orange orchard otter oven oyster paddle palace panda paper parrot pasture peach pebble pencil pepper ' +
  'piano picnic pigeon pillow pirate planet plum pocket potato prairie pumpkin puppet purple pyramid quartz quilt rabbit raccoon ' +
  'radio rainbow raisin raven ribbon river rocket rooster saddle saffron salmon sandal scarf school seven shadow shelter shovel ' +
  'silver sister skating soldier spider sponge spoon squirrel stable station summer sunset swallow table tailor tango teapot temple ' +
  'thimble thunder ticket tiger timber tomato tractor trumpet tulip tunnel turnip turtle umbrella uncle valley vanilla velvet village ' +
  'violin volcano waffle wagon walnut water wheel whistle willow window winter wizard wolf yellow yogurt zebra zipper'
).split(' ');
